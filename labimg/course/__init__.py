"""The course: a lab to work in, and the lessons that use it."""
