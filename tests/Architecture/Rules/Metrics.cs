using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Rules;

internal sealed partial class MetricsAreListed : Rule
{
    private const string List = "docs/telemetry.md";

    public override string Says => $"{List} lists every metric with its unit, and the labels of each room's metrics, and nothing else.";

    public override IEnumerable<string> Violations(Tree tree)
    {
        var sources = tree.Sources.Where(f => f.Path.StartsWith("services/", StringComparison.Ordinal) || f.Path.StartsWith("shared/", StringComparison.Ordinal)).ToList();
        var made = sources.Where(f => f.Name == "Telemetry.cs").SelectMany(f => Made(f.Text).Select(metric => $"{Room(f)}: {metric}"))
            .Concat(sources.SelectMany(f => Labels(f.Text).Select(label => $"{Room(f)}: label {label}"))).ToHashSet();
        var listed = Listed(tree.Find(List)?.Text ?? "").ToHashSet();
        return made.Except(listed).Select(metric => $"{List} does not list {metric}")
            .Concat(listed.Except(made).Select(metric => $"{List} lists {metric}, which no source makes"))
            .Concat(sources.Where(f => f.Name != "Telemetry.cs" && Making().IsMatch(f.Text)).Select(f => $"{f.Path} makes a metric outside of Telemetry.cs"));
    }

    public override IEnumerable<Tree> Planted(Tree tree)
    {
        var list = tree.Find(List)!.Text;
        const string fax = "services/Fax/Telemetry.cs";
        return
        [
            tree.With(fax, """meter.CreateCounter<long>("callcenter.fax.pages", "{page}", "Pages");"""),
            tree.With(fax, """Pages.Add(1, new KeyValuePair<string, object?>("paper", "A4"));"""),
            tree.With("services/Fax/Sender.cs", """meter.CreateCounter<long>("callcenter.fax.pages", "{page}", "Pages");"""),
            tree.With(List, list.Replace("`{contact}`", "`ms`", StringComparison.Ordinal)),
            tree.With(List, list.Replace("`reason`", "`cause`", StringComparison.Ordinal)),
            tree.With(List, list + "\n### Fax\n\n| `callcenter.fax.pages` | counter | `{page}` | Pages | |\n"),
        ];
    }

    private static string Room(TreeFile file) => file.Path.Split('/')[1];

    private static IEnumerable<string> Made(string text) =>
        Making().Matches(text).Select(m => Metric(m.Groups["name"].Value, Kind(m.Groups["kind"].Value), Unit().Match(Call(text, m.Index)).Groups["unit"].Value));

    /// <summary>The call that begins here, to the bracket that closes it or to the next one.</summary>
    private static string Call(string text, int from)
    {
        var end = text.IndexOf(".Create", from + 1, StringComparison.Ordinal);
        return end < 0 ? text[from..] : text[from..end];
    }

    private static IEnumerable<string> Labels(string text) =>
        Label().Matches(text).Select(m => m.Groups["label"].Value).Concat(text.Contains("TenantLabel.Of(", StringComparison.Ordinal) ? ["callcenter.tenant"] : []);

    private static IEnumerable<string> Listed(string text)
    {
        var room = "";
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                room = line.TrimStart('#').Trim();
            }
            else if (Row().Match(line) is { Success: true } row)
            {
                yield return $"{room}: {Metric(row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value)}";
                foreach (var label in Quoted().Matches(row.Groups["labels"].Value).Select(m => m.Groups["word"].Value))
                {
                    yield return $"{room}: label {label}";
                }
            }
        }
    }

    private static string Kind(string made) => made.Replace("Observable", "", StringComparison.Ordinal) switch { "UpDownCounter" => "sum", var kind => kind.ToLowerInvariant() };

    private static string Metric(string name, string kind, string unit) => $"{kind} {name} in {unit}";

    [GeneratedRegex(@"\.Create(?<kind>(Observable)?(Counter|UpDownCounter|Histogram|Gauge))(<\w+>)?\(\s*""(?<name>[\w.]+)""")]
    private static partial Regex Making();

    [GeneratedRegex(@",\s*""(?<unit>\{\w+\}|ms|s|1|By)""")]
    private static partial Regex Unit();

    [GeneratedRegex(@"(KeyValuePair<string, object\?>\(|\bOf\(|TagList \{ \{ )""(?<label>[\w.]+)"",")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\| `(?<name>[\w.]+)` \| (?<kind>\w+) \| `(?<unit>[^`]+)` \| [^|]+ \|(?<labels>[^|]*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<word>[\w.]+)`")]
    private static partial Regex Quoted();
}
