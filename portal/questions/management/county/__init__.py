"""The invented county of the demo: places, people, what citizens ask and how it is answered. Every name is
made up."""
