"""Run Rasa's graph of components one after another, without dask, which plans anew for each message what never changes.

Rasa 3.6 runs it through dask's scheduler, finds out at each run which nodes its targets need, and writes all that goes in into a
line for a log that nobody reads; a message runs it three or four times. Here the order is found once for the same targets.
bot/kept_out.py hands this to Rasa.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class PlannedNode(NamedTuple):
    """A node, and the names of what it takes."""

    name: str
    node: GraphNode
    needs: Tuple[str, ...]


class OrderedGraphRunner(GraphRunner):
    """Runs each node once those that it needs have run."""

    def __init__(self, graph_schema: GraphSchema, nodes: Dict[str, GraphNode]) -> None:
        self._schema, self._nodes = graph_schema, nodes
        self._orders: Dict[Tuple[str, ...], List[PlannedNode]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[List[GraphNodeHook]] = None,
    ) -> OrderedGraphRunner:
        """See GraphRunner.create."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def run(self, inputs: Optional[Dict[str, Any]] = None, targets: Optional[List[str]] = None) -> Dict[str, Any]:
        """See GraphRunner.run. Raises: GraphRunError where an input has a node's name or misses; what a node raises."""
        given, wanted = inputs or {}, tuple(targets or self._schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._in_order(wanted)
        clash = next((name for name in given if name in self._nodes), None)
        if clash is not None:
            raise GraphRunError(f"the input {clash} has the name of a node")
        made: Dict[str, Tuple[str, Any]] = {name: (name, value) for name, value in given.items()}
        for name, node, needs in order:
            # A node says itself what it misses: it is given the name alone then.
            made[name] = node(*(made.get(need, need) for need in needs))
        return {name: made[name][1] for name in wanted}

    def _in_order(self, targets: Tuple[str, ...]) -> List[PlannedNode]:
        """Of all that the targets need, each after what it needs itself."""
        order: Dict[str, PlannedNode] = {}

        def add(name: str) -> None:
            if name in order or name not in self._nodes:  # what is no node is an input
                return
            needs = tuple(self._schema.nodes[name].needs.values())
            for need in needs:
                add(need)
            order[name] = PlannedNode(name, self._nodes[name], needs)

        for target in targets:
            add(target)
        return list(order.values())
