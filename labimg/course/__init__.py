"""The course: a lab to work in, lessons that use it, exercises and their grading.

The lab:
    lab, sights      an engine with all the worlds it has been in; what it can show
    why              which records of the store a command touched
    diary, resume    the cells a learner ran, and the way back to where they were
    annex, scratch   the folders that other machines, and commands, have to themselves
    execute          stored outputs, made anew

A level, which is one exercise as data:
    level, variant   what stands in its file; the same with other names and sizes
    bench, stage     the lab it wants, set up in one of its worlds
    answer, screen   what a learner gave, as text; what of it may run
    scene, formula, modes            what must be true, and how worlds are compared
    cases, sandbox, inmate           the few answers that are programs, and their cage
    check            points, situation and the next help
    mutants, proof   what a level must withstand before anybody is given it

A learner with a level:
    desk, panel, magics              all one may ask for; its page; `%level` in a cell
    progress, seal   what they have done, in a file of theirs; a prediction before the truth

A class:
    notebook         a submission, read as text
    replay, batch, report            workers, results and files, each written whole
    score, gradebook, author         nbgrader: the end of a grade cell, its steps, its notebooks
    policy, attempts                 late work, and how often one may try
    feedback, tables, confusion, key, regrade    pages and tables for students and teacher
    teaching         the teacher's commands
"""
