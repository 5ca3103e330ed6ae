"""Socket addresses."""

from django.urls import path

from signaling.consumers import LiveConsumer

urlpatterns = [path("ws/live/<int:session_id>/", LiveConsumer.as_asgi())]
