"""The study: settings, folder and stages in one object. The only module that knows every stage."""

from normscope.study.comparing import compare
from normscope.study.progress import ModelProgress, Progress
from normscope.study.settings import ModelSettings, Settings, load_settings
from normscope.study.study import Study

__all__ = ["ModelProgress", "ModelSettings", "Progress", "Settings", "Study", "compare", "load_settings"]
