using System.Xml.Linq;

namespace CallCenter.Architecture.Rules;

internal sealed class PackagesAreUsed : Rule
{
    private const string Central = "Directory.Packages.props";

    public override string Says => $"Every package of {Central} is used by a project.";

    public override IEnumerable<string> Violations(Tree tree)
    {
        var used = tree.Files.Where(f => Path.GetExtension(f.Name) is ".csproj" or ".props" or ".targets")
            .SelectMany(f => Included(f, "PackageReference")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Included(tree.Find(Central)!, "PackageVersion").Where(p => !used.Contains(p)).Select(p => $"{p} is used by no project");
    }

    public override IEnumerable<Tree> Planted(Tree tree) =>
        [tree.With(Central, """<Project><ItemGroup><PackageVersion Include="Left.Over" Version="1.0.0" /></ItemGroup></Project>""")];

    private static IEnumerable<string> Included(TreeFile file, string element) =>
        XDocument.Parse(file.Text).Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>();
}
