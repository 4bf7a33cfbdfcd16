"""Show a Scene from elsewhere on the wall's controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.session.run_names import name_run

if TYPE_CHECKING:
    from apps.session.controller import Controller
    from twin.scene import Scene


def show_scene(controller: Controller, scene: Scene) -> None:
    """Show a Scene with the wall's own layers and language.

    A live one follows the present. Raises what :meth:`apps.session.session.Session.restore` raises; nothing
    has changed then.
    """
    session = controller.session
    session.resume(scene.moment)
    name_run(session, scene.moment.run, controller.runs)
    controller.stop_replay()

    def like(now: Scene) -> Scene:
        layers = {id_: scene.layers.get(id_, state) for id_, state in now.layers.items()}
        return scene.changed(moment=now.moment, layers=layers, language=now.language, camera=now.camera)

    controller.do(like, moving=False)
    controller.area.fly_to(scene.camera)
    controller.publish_all()
