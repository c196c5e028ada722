"""What the Python tests share: the server under test, a stand-in for Asana, and clients that speak raw bytes."""
