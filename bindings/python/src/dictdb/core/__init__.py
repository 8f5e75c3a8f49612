"""Tables, fields and conditions."""
