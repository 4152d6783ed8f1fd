"""nbgrader for this course: answers are replayed, and no cell of a student is ever run.

Use it from a folder of your own: `nbgrader --config path/to/nbgrader_config.py ...`, or
copy it there.  Put the course's secret into LABIMG_SECRET, and keep it.
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "labimg"

c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "labimg.course.gradebook.unsolve",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
]
c.Autograde.autograde_preprocessors = [
    "labimg.course.gradebook.replay",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True
