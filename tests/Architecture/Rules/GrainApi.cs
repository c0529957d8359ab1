using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Rules;

internal sealed partial class GrainCodeUsesTheListedApi : Rule
{
    private const string List = "shared/Grains/README.md";

    public override string Says => $"Grain code uses the names of {List} and nothing of the embedded runtime, so that the same source serves Orleans; the API offers no other names.";

    public override IEnumerable<string> Violations(Tree tree)
    {
        var listed = Listed().Matches(tree.Find(List)?.Text ?? "").Select(m => m.Groups["type"].Value).ToHashSet();
        var unlisted = from file in tree.Sources
                       where file.Path.StartsWith("shared/Grains/Api/", StringComparison.Ordinal)
                       from type in file.Code.Types
                       where type.IsPublic && !listed.Contains(type.Name)
                       select $"{file.Path}:{type.Line} {type.Name} is not on the list of {List}";
        var runtime = tree.Sources.Where(f => f.Path.StartsWith("services/", StringComparison.Ordinal) && IsGrain().IsMatch(f.Text) && UsesRuntime().IsMatch(f.Text))
            .Select(f => $"{f.Path} is grain code and uses CallCenter.Grains");
        return unlisted.Concat(runtime);
    }

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("shared/Grains/Api/Streams.cs", "namespace Orleans;\npublic interface IAsyncStream { }\n"),
        tree.With("services/Routing/OddGrain.cs", "using CallCenter.Grains;\nusing Orleans;\nnamespace CallCenter.Routing;\ninternal sealed class OddGrain : Grain { }\n"),
    ];

    [GeneratedRegex(@"^\| `Orleans(\.(Runtime|Concurrency|Placement))?\.(?<type>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();

    [GeneratedRegex(@"\bclass\s+\w+[^{;]*:\s*Grain\b")]
    private static partial Regex IsGrain();

    [GeneratedRegex(@"\busing\s+CallCenter\.Grains\b")]
    private static partial Regex UsesRuntime();
}
