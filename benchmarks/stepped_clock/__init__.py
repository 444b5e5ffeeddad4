"""Put before the other folders of PYTHONPATH by benchmarks/nodes.py."""
