"""The four dialects of model services, each as the JSON of its events: how an answer begins, says words, asks for a call
and ends."""

import json


class Chat:
    done = ["[DONE]"]

    def begin(self):
        return [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}]

    def words(self, text):
        return [{"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}]

    def call(self, number, arguments, tool="bash_exec"):
        function = {"name": tool, "arguments": arguments}
        call = {"index": number, "id": f"call_{number}", "type": "function", "function": function}
        return [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}]

    def more(self, number, arguments):
        call = {"index": number, "function": {"arguments": arguments}}
        return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}

    def end(self, read, written):
        return [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
                {"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": written}}]

    def error(self, kind, words):
        return {"error": {"type": kind, "code": kind, "message": words}}


class Responses:
    done = []

    def begin(self):
        return [{"type": "response.created", "response": {"object": "response", "status": "in_progress", "error": None}},
                {"type": "response.output_item.added", "output_index": 0,
                 "item": {"id": "msg_1", "type": "message", "role": "assistant", "content": []}}]

    def words(self, text):
        return [{"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": text}]

    def call(self, number, arguments, tool="bash_exec"):
        item = {"id": f"fc_{number}", "type": "function_call", "call_id": f"call_{number}", "name": tool,
                "arguments": ""}
        return [{"type": "response.output_item.added", "output_index": number + 1, "item": item},
                self.more(number, arguments)]

    def more(self, number, arguments):
        return {"type": "response.function_call_arguments.delta", "output_index": number + 1, "delta": arguments}

    def end(self, read, written):
        usage = {"input_tokens": read, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": written,
                 "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 0}
        return [{"type": "response.completed", "sequence_number": 99, "response": {
            "id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5.2", "status": "completed", "output": [],
            "error": None, "incomplete_details": None, "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
            "metadata": {}, "instructions": None, "temperature": 1.0, "top_p": 1.0, "usage": usage}}]

    def error(self, kind, words):
        return {"type": "error", "code": kind, "message": words}


class Messages:
    done = []

    def begin(self):
        return [{"type": "message_start", "message": {"id": "msg_1", "type": "message", "model": "claude-opus-5",
                                                      "content": [], "usage": {"input_tokens": 20, "output_tokens": 1}}},
                {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}]

    def words(self, text):
        return [{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}]

    def call(self, number, arguments, tool="bash_exec"):
        block = {"type": "tool_use", "id": f"call_{number}", "name": tool, "input": {}}
        return [{"type": "content_block_start", "index": number + 1, "content_block": block},
                self.more(number, arguments)]

    def more(self, number, arguments):
        return {"type": "content_block_delta", "index": number + 1,
                "delta": {"type": "input_json_delta", "partial_json": arguments}}

    def end(self, read, written):
        return [{"type": "message_delta", "delta": {"stop_reason": "end_turn"},
                 "usage": {"input_tokens": read, "output_tokens": written}}, {"type": "message_stop"}]

    def error(self, kind, words):
        return {"type": "error", "error": {"type": kind, "message": words}}


class Gemini:
    done = []

    def part(self, part, **more):
        return {"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0, **more}]}

    def begin(self):
        return [self.part({"text": ""})]

    def words(self, text):
        return [self.part({"text": text})]

    def call(self, number, arguments, tool="bash_exec"):
        return [self.part({"functionCall": {"id": f"call_{number}", "name": tool, "args": json.loads(arguments)}})]

    def end(self, read, written):
        return [{**self.part({"text": ""}, finishReason="STOP"),
                 "usageMetadata": {"promptTokenCount": read, "candidatesTokenCount": written}}]

    def error(self, kind, words):
        return {"error": {"code": 503, "message": words, "status": kind}}


def spoken(path):
    """By the end of a request's path; none for one that asks no model."""
    path = path.split("?")[0]
    ends = {"/chat/completions": Chat, "/responses": Responses, "/messages": Messages,
            ":streamGenerateContent": Gemini}
    return next((dialect() for end, dialect in ends.items() if path.endswith(end)), None)
