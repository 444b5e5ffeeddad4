"""Where staff review what Candor said, work on requests, and talk with those who asked for a person. Mounted at /console."""
