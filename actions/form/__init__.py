"""What a visitor's message means while request_form asks for something: each module reads one kind of answer."""
