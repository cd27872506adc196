"""What things cost, in requests and in time: `make bench` prints a table and writes bench.json."""
