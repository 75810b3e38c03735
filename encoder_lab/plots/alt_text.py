"""A picture in a notebook, with words for those who cannot see it."""

import matplotlib.pyplot as plt
from IPython.core.pylabtools import print_figure
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from encoder_lab.shown import html


def show(picture: Axes | Figure, alt: str) -> None:
    """Show a picture below the cell, now and once, with its alt text.

    A page shows it as HTML: JupyterLab and nbconvert read an alt text nowhere else. A PNG goes with it for whatever
    shows no HTML, the alt text itself for whatever shows no picture.

    Args:
        picture: what a plot gave back, or any figure.
        alt: what can be seen in it, in a sentence or two: what is drawn over what, and what stands out.

    Raises:
        ValueError: there is no alt text.
    """
    if not alt.strip():
        raise ValueError("the picture has no alt text; say in a sentence or two what can be seen in it")
    figure = picture if isinstance(picture, Figure) else picture.get_figure(root=True)
    png = print_figure(figure, "png", base64=True)
    plt.close(figure)  # else it would be shown once more at the end of the cell
    image = f'<img alt="{html(alt)}" src="data:image/png;base64,{png.strip()}" style="max-width: 100%">'
    display({"image/png": png, "text/html": image, "text/plain": f"picture: {alt}"}, raw=True)
