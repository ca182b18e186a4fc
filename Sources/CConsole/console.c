#include "CConsole.h"

// Every file of Assets stands here twice: its bytes, and its row. A test compares both with the folder.

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char html[] = "text/html; charset=utf-8";
static const char css[] = "text/css; charset=utf-8";
static const char script[] = "text/javascript; charset=utf-8";
static const char picture[] = "image/svg+xml";

static const uint8_t css_base_css[] = {
#embed "Assets/css/base.css"
};
static const uint8_t css_bench_css[] = {
#embed "Assets/css/bench.css"
};
static const uint8_t css_parts_css[] = {
#embed "Assets/css/parts.css"
};
static const uint8_t css_run_css[] = {
#embed "Assets/css/run.css"
};
static const uint8_t css_tokens_css[] = {
#embed "Assets/css/tokens.css"
};
static const uint8_t index_html[] = {
#embed "Assets/index.html"
};
static const uint8_t js_announce_js[] = {
#embed "Assets/js/announce.js"
};
static const uint8_t js_api_js[] = {
#embed "Assets/js/api.js"
};
static const uint8_t js_bench_history_js[] = {
#embed "Assets/js/bench/history.js"
};
static const uint8_t js_bench_models_js[] = {
#embed "Assets/js/bench/models.js"
};
static const uint8_t js_bench_plot_js[] = {
#embed "Assets/js/bench/plot.js"
};
static const uint8_t js_dialogs_js[] = {
#embed "Assets/js/dialogs.js"
};
static const uint8_t js_dom_js[] = {
#embed "Assets/js/dom.js"
};
static const uint8_t js_editor_js[] = {
#embed "Assets/js/editor.js"
};
static const uint8_t js_events_js[] = {
#embed "Assets/js/events.js"
};
static const uint8_t js_fields_js[] = {
#embed "Assets/js/fields.js"
};
static const uint8_t js_format_js[] = {
#embed "Assets/js/format.js"
};
static const uint8_t js_keydoor_js[] = {
#embed "Assets/js/keydoor.js"
};
static const uint8_t js_main_js[] = {
#embed "Assets/js/main.js"
};
static const uint8_t js_marks_js[] = {
#embed "Assets/js/marks.js"
};
static const uint8_t js_money_js[] = {
#embed "Assets/js/money.js"
};
static const uint8_t js_pages_approvals_js[] = {
#embed "Assets/js/pages/approvals.js"
};
static const uint8_t js_pages_benchmarks_js[] = {
#embed "Assets/js/pages/benchmarks.js"
};
static const uint8_t js_pages_modules_js[] = {
#embed "Assets/js/pages/modules.js"
};
static const uint8_t js_pages_new_js[] = {
#embed "Assets/js/pages/new.js"
};
static const uint8_t js_pages_pipelines_js[] = {
#embed "Assets/js/pages/pipelines.js"
};
static const uint8_t js_pages_runs_js[] = {
#embed "Assets/js/pages/runs.js"
};
static const uint8_t js_problems_js[] = {
#embed "Assets/js/problems.js"
};
static const uint8_t js_router_js[] = {
#embed "Assets/js/router.js"
};
static const uint8_t js_run_actions_js[] = {
#embed "Assets/js/run/actions.js"
};
static const uint8_t js_run_artifact_js[] = {
#embed "Assets/js/run/artifact.js"
};
static const uint8_t js_run_asked_js[] = {
#embed "Assets/js/run/asked.js"
};
static const uint8_t js_run_calls_js[] = {
#embed "Assets/js/run/calls.js"
};
static const uint8_t js_run_changes_js[] = {
#embed "Assets/js/run/changes.js"
};
static const uint8_t js_run_chart_js[] = {
#embed "Assets/js/run/chart.js"
};
static const uint8_t js_run_checks_js[] = {
#embed "Assets/js/run/checks.js"
};
static const uint8_t js_run_entries_js[] = {
#embed "Assets/js/run/entries.js"
};
static const uint8_t js_run_follow_js[] = {
#embed "Assets/js/run/follow.js"
};
static const uint8_t js_run_form_js[] = {
#embed "Assets/js/run/form.js"
};
static const uint8_t js_run_goal_js[] = {
#embed "Assets/js/run/goal.js"
};
static const uint8_t js_run_graph_js[] = {
#embed "Assets/js/run/graph.js"
};
static const uint8_t js_run_head_js[] = {
#embed "Assets/js/run/head.js"
};
static const uint8_t js_run_items_js[] = {
#embed "Assets/js/run/items.js"
};
static const uint8_t js_run_page_js[] = {
#embed "Assets/js/run/page.js"
};
static const uint8_t js_run_plan_js[] = {
#embed "Assets/js/run/plan.js"
};
static const uint8_t js_run_question_js[] = {
#embed "Assets/js/run/question.js"
};
static const uint8_t js_run_scale_js[] = {
#embed "Assets/js/run/scale.js"
};
static const uint8_t js_run_state_js[] = {
#embed "Assets/js/run/state.js"
};
static const uint8_t js_run_stepgraph_js[] = {
#embed "Assets/js/run/stepgraph.js"
};
static const uint8_t js_run_steps_js[] = {
#embed "Assets/js/run/steps.js"
};
static const uint8_t js_run_takers_js[] = {
#embed "Assets/js/run/takers.js"
};
static const uint8_t js_run_timeline_js[] = {
#embed "Assets/js/run/timeline.js"
};
static const uint8_t js_run_unified_js[] = {
#embed "Assets/js/run/unified.js"
};
static const uint8_t js_schema_js[] = {
#embed "Assets/js/schema.js"
};
static const uint8_t js_shortcuts_js[] = {
#embed "Assets/js/shortcuts.js"
};
static const uint8_t js_theme_js[] = {
#embed "Assets/js/theme.js"
};
static const uint8_t js_waiting_js[] = {
#embed "Assets/js/waiting.js"
};
static const uint8_t mark_svg[] = {
#embed "Assets/mark.svg"
};

#define FILE(path, type, bytes) {path, type, bytes, sizeof bytes}

static const sluice_console_file files[] = {
    FILE("css/base.css", css, css_base_css),
    FILE("css/bench.css", css, css_bench_css),
    FILE("css/parts.css", css, css_parts_css),
    FILE("css/run.css", css, css_run_css),
    FILE("css/tokens.css", css, css_tokens_css),
    FILE("index.html", html, index_html),
    FILE("js/announce.js", script, js_announce_js),
    FILE("js/api.js", script, js_api_js),
    FILE("js/bench/history.js", script, js_bench_history_js),
    FILE("js/bench/models.js", script, js_bench_models_js),
    FILE("js/bench/plot.js", script, js_bench_plot_js),
    FILE("js/dialogs.js", script, js_dialogs_js),
    FILE("js/dom.js", script, js_dom_js),
    FILE("js/editor.js", script, js_editor_js),
    FILE("js/events.js", script, js_events_js),
    FILE("js/fields.js", script, js_fields_js),
    FILE("js/format.js", script, js_format_js),
    FILE("js/keydoor.js", script, js_keydoor_js),
    FILE("js/main.js", script, js_main_js),
    FILE("js/marks.js", script, js_marks_js),
    FILE("js/money.js", script, js_money_js),
    FILE("js/pages/approvals.js", script, js_pages_approvals_js),
    FILE("js/pages/benchmarks.js", script, js_pages_benchmarks_js),
    FILE("js/pages/modules.js", script, js_pages_modules_js),
    FILE("js/pages/new.js", script, js_pages_new_js),
    FILE("js/pages/pipelines.js", script, js_pages_pipelines_js),
    FILE("js/pages/runs.js", script, js_pages_runs_js),
    FILE("js/problems.js", script, js_problems_js),
    FILE("js/router.js", script, js_router_js),
    FILE("js/run/actions.js", script, js_run_actions_js),
    FILE("js/run/artifact.js", script, js_run_artifact_js),
    FILE("js/run/asked.js", script, js_run_asked_js),
    FILE("js/run/calls.js", script, js_run_calls_js),
    FILE("js/run/changes.js", script, js_run_changes_js),
    FILE("js/run/chart.js", script, js_run_chart_js),
    FILE("js/run/checks.js", script, js_run_checks_js),
    FILE("js/run/entries.js", script, js_run_entries_js),
    FILE("js/run/follow.js", script, js_run_follow_js),
    FILE("js/run/form.js", script, js_run_form_js),
    FILE("js/run/goal.js", script, js_run_goal_js),
    FILE("js/run/graph.js", script, js_run_graph_js),
    FILE("js/run/head.js", script, js_run_head_js),
    FILE("js/run/items.js", script, js_run_items_js),
    FILE("js/run/page.js", script, js_run_page_js),
    FILE("js/run/plan.js", script, js_run_plan_js),
    FILE("js/run/question.js", script, js_run_question_js),
    FILE("js/run/scale.js", script, js_run_scale_js),
    FILE("js/run/state.js", script, js_run_state_js),
    FILE("js/run/stepgraph.js", script, js_run_stepgraph_js),
    FILE("js/run/steps.js", script, js_run_steps_js),
    FILE("js/run/takers.js", script, js_run_takers_js),
    FILE("js/run/timeline.js", script, js_run_timeline_js),
    FILE("js/run/unified.js", script, js_run_unified_js),
    FILE("js/schema.js", script, js_schema_js),
    FILE("js/shortcuts.js", script, js_shortcuts_js),
    FILE("js/theme.js", script, js_theme_js),
    FILE("js/waiting.js", script, js_waiting_js),
    FILE("mark.svg", picture, mark_svg),
};

const sluice_console_file *sluice_console_files(size_t *count) {
    *count = sizeof files / sizeof files[0];
    return files;
}
