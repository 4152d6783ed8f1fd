"""What Go's libraries do and Docker shows: JSON, path patterns and ports, to the byte."""
