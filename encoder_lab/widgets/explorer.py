"""What all explorers share: they answer while somebody types, keep the last good answer, and leave a still form."""

from pathlib import Path

import anywidget
from IPython.display import HTML, display, update_display
from traitlets import Bool, Dict, Int, List, Unicode

from encoder_lab.shown import html
from encoder_lab.texts import below, say
from encoder_lab.widgets.modules import joined
from encoder_lab.widgets.page import page
from encoder_lab.written import write_whole

VIEW = "application/vnd.jupyter.widget-view+json"
ENDS = 200  # letters kept of each end of a long problem, which quotes what was typed


class Explorer(anywidget.AnyWidget):
    """A widget whose page asks and whose Python answers.

    A subclass gives its `NAME`, under which its words stand in `texts` and its page in a `.js` and a `.css` file, its
    `INPUTS` and `LOOKS` (traits that the page sets, or Python), `work_out` and `still`. The page sets inputs and
    counts `asked` up in one message. ipywidgets holds back what is typed while an answer is under way and sends only
    the newest state after it, so answers come in order and none is computed in vain. `answer` keeps the last good one;
    what is wrong with the newest inputs stands in `problem`.

    The whole state is traits, so that a saved notebook or page can be drawn again from them alone.
    """

    NAME = ""
    SHARED: tuple[str, ...] = ("every",)  # tables of `explorers.toml` that it speaks from besides its own
    INPUTS: tuple[str, ...] = ()
    LOOKS: tuple[str, ...] = ()  # traits that change how an answer is shown; the page paints it anew by itself

    title = Unicode().tag(sync=True)
    kind = Unicode().tag(sync=True)  # NAME: the class under which the page's style sheet stands
    phrases = Dict().tag(sync=True)  # what the page says, in the language in use when the explorer was opened
    presenter = Bool(False).tag(sync=True)  # large type and few controls, for a projector
    asked = Int(0).tag(sync=True)  # how often the page has asked
    answered = Int(0).tag(sync=True)  # which of its questions the newest answer or problem belongs to
    shown = Int(0).tag(sync=True)  # how many answers and problems there were; the page paints when it grows
    answer = Dict().tag(sync=True)  # the last good answer, as the explorer's ES module wants it
    notes = List().tag(sync=True)  # sentences: what to know about the answer's reading
    problem = Unicode("").tag(sync=True)  # one sentence about the newest inputs, or nothing

    def __init_subclass__(cls, **options) -> None:
        """Read the page of a subclass that has a `NAME` of its own."""
        if "NAME" in vars(cls):
            cls._esm, cls._css = joined(cls.NAME)
        super().__init_subclass__(**options)

    def __init__(self, **state) -> None:
        """Answer the first inputs at once.

        Args:
            state: the subclass's inputs, and `presenter`.

        Raises:
            TypeError, ValueError: what `work_out` has against the first inputs.
        """
        phrases = {}
        for table in (*self.SHARED, self.NAME):
            phrases |= below(f"explorers.{table}")
        super().__init__(title=phrases["title"], kind=self.NAME, phrases=phrases, **state)
        self._displayed = False
        self._last = self._seen_with = self._inputs()  # the newest inputs, and those that the answer belongs to
        self._put(self.work_out(**self._last))
        self.observe(self._again, [*self.INPUTS, "asked"])
        for name in self.LOOKS:  # an empty list would mean every trait
            self.observe(self._redraw_still, name)

    def work_out(self, **inputs) -> dict:
        """Turn the inputs into values of traits: `answer`, and arrays that travel as bytes.

        Raises:
            TypeError, ValueError: the inputs cannot be answered; the sentence is shown to whoever typed them.
        """
        raise NotImplementedError

    def still(self) -> str:
        """Give the explorer's still form, escaped HTML: a picture and its numbers, for where no kernel runs."""
        raise NotImplementedError

    def save(self, file: str | Path) -> Path:
        """Write the explorer as one page that opens in any browser with no network; an older file is replaced.

        Args:
            file: where to, ending in .html.

        Returns:
            The file's path.

        Raises:
            ValueError: the name does not end in .html, or there is no such folder.
        """
        file = Path(file)
        if file.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"the file is {str(file)!r}; give a name that ends in .html")
        if not file.parent.is_dir():
            raise ValueError(f"there is no folder {str(file.parent)!r}; make it first, or save somewhere else")
        written = page(self.title, str(self._esm), str(self._css), self.page_state())
        write_whole(file, written)  # half a character as JSON writes it
        return file

    def still_notes(self) -> str:
        """Write the answer's notes below a still form's picture, escaped HTML."""
        return "".join(f"<p>{html(note)}</p>" for note in self.notes)

    def page_state(self) -> dict:
        """Give the state a saved page begins with; a subclass adds what the page could otherwise ask for."""
        return self.get_state()

    def _inputs(self) -> dict:
        return {name: getattr(self, name) for name in self.INPUTS}

    def _again(self, _change: object) -> None:
        """Answer changed inputs, once for all that one message changed."""
        now = self._inputs()
        if now == self._last and self.asked == self.answered:
            return
        self._last = now
        try:
            found = self.work_out(**now)
        except (TypeError, ValueError) as wrong:
            self._put({"problem": _in_short(str(wrong))})
        except KeyboardInterrupt:
            self._put({"problem": say("explorers.every.interrupted")})
        except Exception as wrong:  # a fault of ours must not leave the page waiting
            self._put({"problem": _in_short(say("explorers.every.fault", error=f"{type(wrong).__name__}: {wrong}"))})
        else:
            self._seen_with = now
            self._put({**found, "problem": ""})

    def _put(self, found: dict) -> None:
        """Show an answer or a problem: all of it in one message."""
        with self.hold_sync():
            for name, value in found.items():
                setattr(self, name, value)
            self.answered = self.asked
            self.shown += 1
        self._redraw_still()

    def _redraw_still(self, _change: object = None) -> None:
        """Bring the still form in the notebook up to date."""
        if self._displayed:
            update_display(HTML(self.still()), display_id=self.model_id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _ipython_display_(self) -> None:
        """Show the widget, and below it the still form, which the style sheet hides while the widget is there.

        So the still form, as the explorer was last seen, is in the notebook for every place where no widget can be
        drawn: reopened without a kernel, not trusted, exported.
        """
        data, _ = self._repr_mimebundle_()
        display({VIEW: data[VIEW]}, raw=True)
        display(HTML(self.still()), display_id=self.model_id)
        self._displayed = True


def _in_short(problem: str) -> str:
    """Keep both ends of a long sentence: what is wrong, and what to do."""
    return problem if len(problem) <= 2 * ENDS else f"{problem[:ENDS]} … {problem[-ENDS:]}"
