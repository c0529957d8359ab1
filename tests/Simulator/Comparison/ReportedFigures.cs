using System.Text.Json.Nodes;

namespace CallCenter.Simulator.Comparison;

/// <summary>The items of a report over one period: metrics by queue or agent.</summary>
internal sealed class ReportedFigures
{
    private readonly Dictionary<Guid, JsonObject> _items;

    private ReportedFigures(Dictionary<Guid, JsonObject> items) => _items = items;

    /// <param name="subject">"queue" or "agent".</param>
    public static ReportedFigures Of(JsonNode report, string subject) =>
        new(report["items"]!.AsArray().ToDictionary(i => (Guid)i![subject]!, i => i!["metrics"]!.AsObject()));

    /// <summary>Compares each metric that was seen with the reported one. No item is as all zero, and no value where nothing is counted.</summary>
    public void Compare(Guid subject, string of, IReadOnlyDictionary<string, Bounds?> seen, Findings findings)
    {
        var item = _items.GetValueOrDefault(subject);
        foreach (var (metric, bounds) in seen)
        {
            var value = (double?)item?[metric]?["value"];
            if (bounds is { } known)
            {
                CompareMetric(of, metric, known, value, item is null, findings);
            }
            else if (value is not null)
            {
                findings.Fault(of, metric, "no value, for nothing is counted", $"{value}");
            }
        }
        foreach (var metric in item?.Where(m => !seen.ContainsKey(m.Key)).Select(m => m.Key) ?? [])
        {
            findings.LeaveOut($"metric {metric}: nothing is seen of it");
        }
    }

    private static void CompareMetric(string of, string metric, Bounds seen, double? value, bool noItem, Findings findings)
    {
        if (value is { } number)
        {
            findings.Number(of, metric, seen, number);
        }
        else if (seen.Low > 0 || !noItem)
        {
            findings.OneOf(of, metric, seen.OrNone ? [seen.ToString(), null] : [seen.ToString()], null);
        }
    }
}
