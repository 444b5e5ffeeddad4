"""What is kept for how long, and how it is forgotten: periods, the job that enforces them, its reports, erasing a person."""
