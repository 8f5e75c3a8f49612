"""What benches/run is made of: what is measured, how, and what is written of it."""
