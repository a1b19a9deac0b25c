"""The page that people look at: one self-contained HTML file, and the parts it is made of.

`view` turns an assessment into values that are masked and survive JSON; `render` turns them into
HTML. The service keeps the values and shows them with the same templates.
"""
