"""What following declares; other modules use it through `api.py` and `c.followers`."""

from core.api import MEMBER, N_, Manifest, Route, hookimpl
from plugins.followers import resources

manifest = Manifest(
    key="followers",
    title=N_("Theo dõi"),
    summary=N_("Ai muốn được báo khi một hồ sơ, bài viết hay ghi chú có diễn biến thì theo dõi nó"),
    version="1.0",
    icon="bell",
    always_on=True,
)


@hookimpl
def register_routes() -> list[Route]:
    following = resources.Following()
    return [
        Route("office", "follow", following, "followers.follow", MEMBER, suffix="follow"),
        Route("office", "unfollow", following, "followers.unfollow", MEMBER, suffix="unfollow"),
    ]
