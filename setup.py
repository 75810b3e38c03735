"""What pyproject.toml cannot say: an editable installation, too, puts data files where they belong."""

from setuptools import Distribution, setup


class Course(Distribution):
    """Answers to the name by which setuptools' `editable_wheel` asks whether there are any."""

    has_data = Distribution.has_data_files


setup(distclass=Course)
