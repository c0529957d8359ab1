using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Rules;

internal sealed partial class ReadmePathsExist : Rule
{
    public override string Says => "What a README names exists: its links, its paths in backticks, its source files.";

    public override IEnumerable<string> Violations(Tree tree) =>
        from readme in tree.Files
        where readme.Name == "README.md"
        from named in Named(tree, readme)
        where !tree.HasFileOrFolder(In(readme.Folder, named)) && !tree.HasFileOrFolder(In("", named))
            && !(IsSourceName(named) && tree.Files.Any(f => f.Name == named))
        select $"{readme.Path} names {named}";

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("services/Ivr/README.md", "See [the flows](Flows/Missing.cs).\n"),
        tree.With("services/Ivr/README.md", "Starts in `shared/Hosting/Missing.cs`.\n"),
        tree.With("services/Ivr/README.md", "Starts in `MissingThing.cs`.\n"),
        tree.With("services/Ivr/README.md", "The folder `MissingRoom/` has it.\n"),
    ];

    private static IEnumerable<string> Named(Tree tree, TreeFile readme)
    {
        var links = Link().Matches(readme.Text).Select(m => m.Groups["path"].Value.Split('#')[0]).Where(p => p.Length > 0 && !p.Contains(':', StringComparison.Ordinal));
        var quoted = Quoted().Matches(readme.Text).Select(m => m.Groups["path"].Value).Where(p => IsPath(tree, readme, p));
        return links.Concat(quoted).Distinct();
    }

    /// <summary>A word in backticks is a path when it begins in a known folder, is a room (`Name/`) or a source file's name.</summary>
    private static bool IsPath(Tree tree, TreeFile readme, string word)
    {
        if (IsSourceName(word) || Room().IsMatch(word))
        {
            return true;
        }

        var first = word.Split('/')[0];
        return word.Contains('/', StringComparison.Ordinal) && first.Length > 0
            && (tree.HasFileOrFolder(In(readme.Folder, first)) || tree.HasFileOrFolder(first));
    }

    private static bool IsSourceName(string word) => SourceName().IsMatch(word);

    private static string In(string folder, string path) => Path.GetRelativePath("/", Path.GetFullPath(path.TrimEnd('/'), "/" + folder));

    [GeneratedRegex(@"\]\((?<path>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>[\w.\-/]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[A-Z][a-z]\w+/$")]
    private static partial Regex Room();

    [GeneratedRegex(@"^[\w\-]+\.(cs|csproj|sql|md|sh|props)$")]
    private static partial Regex SourceName();
}

internal sealed class EveryServiceHasReadme : Rule
{
    public override string Says => "Every service has a README.md.";

    public override IEnumerable<string> Violations(Tree tree) =>
        tree.Projects.Where(p => p.Storey == "services").Select(p => Path.GetDirectoryName(p.Path)!)
            .Where(folder => tree.Find($"{folder}/README.md") is null).Select(folder => $"{folder}/README.md is missing");

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("services/Fax/Fax.csproj", "<Project />")];
}

internal sealed class DenseDecisions : Rule
{
    public override string Says => "Decision records in docs/adr are numbered densely from 0001 and named in lower case.";

    public override IEnumerable<string> Violations(Tree tree) =>
        Numbered.Gaps(tree.Files.Where(f => f.Folder == "docs/adr").Select(f => f.Path), ".md");

    public override IEnumerable<Tree> Planted(Tree tree) =>
        [tree.With("docs/adr/0099-later.md", ""), tree.With("docs/adr/0001-again.md", ""), tree.With("docs/adr/notes.md", "")];
}
