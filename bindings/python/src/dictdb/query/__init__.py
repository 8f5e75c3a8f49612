"""What is made of records: aggregates, compiled queries and updates, cursors."""
