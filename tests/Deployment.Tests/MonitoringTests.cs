using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CallCenter.Deployment.Tests;

/// <summary>Alarms and the dashboard ask for what the services really measure.</summary>
[Trait("needs", "server")]
public sealed partial class MonitoringTests
{
    /// <summary>Of .NET itself and of the collector, by OpenTelemetry's conventions.</summary>
    private static readonly string[] OfThePlatform =
    [
        "http_server_request_duration_seconds_count", "http_server_request_duration_seconds_bucket", "dotnet_process_memory_working_set_bytes",
        "dotnet_process_cpu_time_seconds_total", "target_info",
    ];

    private static readonly string Rules = House.PathOf("k8s", "telemetry", "rules.yaml"), Dashboard = House.PathOf("k8s", "telemetry", "dashboard.json");

    [Fact]
    public void Promtool_takes_the_rules_and_they_fire_when_they_should()
    {
        Tool.Promtool("check", "rules", Rules).Succeeded();
        Tool.Promtool("test", "rules", House.PathOf("k8s", "telemetry", "rules.test.yaml")).Succeeded();
    }

    [Fact]
    public void Promtool_notices_a_broken_rule()
    {
        var broken = Path.Combine(Tool.Scratch, "broken-rules.yaml");
        File.WriteAllText(broken, File.ReadAllText(Rules).Replace("sum(callcenter_telephony_calls)", "sum(callcenter_telephony_calls", StringComparison.Ordinal));
        Tool.Promtool("check", "rules", broken).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public void Every_metric_that_is_asked_for_is_measured()
    {
        var measured = Measured().Concat(OfThePlatform).ToHashSet();
        measured.Count.ShouldBeGreaterThan(30);
        var queries = (string[])[File.ReadAllText(Rules), string.Join('\n', Expressions()), Chart.Render("large")];
        var asked = queries.SelectMany(q => Metric().Matches(q)).Select(m => m.Value).Distinct().ToList();
        asked.Count.ShouldBeGreaterThan(25);
        asked.Except(measured).ShouldBeEmpty("no such metric is in the code, or its unit or kind is another");
    }

    [Fact]
    public void The_dashboard_is_one_that_Grafana_takes()
    {
        var panels = Panels().ToList();
        panels.Where(p => p["type"]!.ToString() == "row").Select(p => p["title"]!.ToString()).ShouldBe(["Calls", "Media quality", "Queues", "Agents", "Services"]);
        panels.Select(p => (int)p["id"]!).ShouldBeUnique();
        foreach (var panel in panels)
        {
            var place = panel["gridPos"]!;
            ((int)place["x"]! + (int)place["w"]!).ShouldBeLessThanOrEqualTo(24);
        }
    }

    private static IEnumerable<JsonObject> Panels() => Manifest.List(JsonNode.Parse(File.ReadAllText(Dashboard))!["panels"]);

    private static IEnumerable<string> Expressions() => Panels().SelectMany(p => Manifest.List(p["targets"])).Select(t => t["expr"]!.ToString());

    /// <summary>The code's instruments under the names that the collector's Prometheus exporter gives them.</summary>
    private static IEnumerable<string> Measured() =>
        from source in House.Sources()
        from Match instrument in Instrument().Matches(source.Text)
        let name = instrument.Groups["name"].Value.Replace('.', '_') + Suffix(Unit().Match(instrument.Groups["rest"].Value).Groups["unit"].Value)
        from written in instrument.Groups["kind"].Value switch
        {
            "Histogram" => (string[])[name + "_bucket", name + "_count", name + "_sum"],
            "Counter" or "ObservableCounter" => [name + "_total"],
            _ => [name],
        }
        select written;

    private static string Suffix(string unit) => unit switch { "ms" => "_milliseconds", "s" => "_seconds", "By" => "_bytes", "%" => "_percent", _ => "" };

    [GeneratedRegex("""Create(?<kind>Counter|Histogram|UpDownCounter|Gauge|ObservableCounter|ObservableUpDownCounter|ObservableGauge)(<\w+>)?\(\s*"(?<name>[a-z0-9._]+)"(?<rest>[^;]*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Instrument();

    [GeneratedRegex("\"(?<unit>ms|s|By|%|\\{[a-z]+\\})\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Unit();

    [GeneratedRegex(@"\b(callcenter|media|routing|grains|http|dotnet|target)_[a-z_]+\b(?!\s*[=!])", RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();
}
