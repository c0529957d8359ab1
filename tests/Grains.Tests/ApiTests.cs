using System.Reflection;
using System.Text.RegularExpressions;
using Orleans;

namespace CallCenter.Grains.Tests;

/// <summary>The embedded API is the list in shared/Grains/README.md, no more and no less, and the list is what Orleans declares.</summary>
public partial class ApiTests
{
    private static readonly Lazy<IReadOnlyList<(string Name, string Signature, string Package)>> Listed = new(ReadList);

    [Fact]
    public void The_embedded_api_is_the_list()
    {
        var embedded = EmbeddedTypes().SelectMany(SignatureRenderer.Render).Select(row => $"{row.Name} = {row.Signature}");
        var listed = Listed.Value.Select(row => $"{row.Name} = {row.Signature}");
        embedded.Order(StringComparer.Ordinal).ShouldBe(listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_list_is_what_Orleans_declares()
    {
        var orleans = Assembly.LoadFile(Path.Combine(AppContext.BaseDirectory, "orleans", "Orleans.Core.Abstractions.dll"));
        var rows = Listed.Value.Where(row => row.Package == "Core.Abstractions").ToList();
        rows.Count.ShouldBeGreaterThan(40);
        var real = rows.Select(row => TypeOf(orleans, row.Name)).Distinct().SelectMany(SignatureRenderer.Render)
            .Select(row => $"{row.Name} = {row.Signature}").ToHashSet();
        rows.Select(row => $"{row.Name} = {row.Signature}").Where(row => !real.Contains(row)).ShouldBeEmpty();
    }

    [Fact]
    public void A_wrong_signature_would_be_found()
    {
        var rendered = SignatureRenderer.Render(typeof(IGrainFactory)).Select(row => row.Signature).ToList();
        rendered.ShouldContain("TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey");
        rendered.ShouldNotContain("TGrainInterface GetGrain<TGrainInterface>(string primaryKey) where TGrainInterface : IGrainWithStringKey");
    }

    private static IEnumerable<Type> EmbeddedTypes() => typeof(Grain).Assembly.GetExportedTypes()
        .Where(type => type.Namespace is "Orleans" || type.Namespace!.StartsWith("Orleans.", StringComparison.Ordinal));

    private static Type TypeOf(Assembly assembly, string name) =>
        assembly.GetType(name) ?? assembly.GetType(name[..name.LastIndexOf('.')], throwOnError: true)!;

    private static List<(string, string, string)> ReadList() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "GrainApi.md")).Select(line => Row().Match(line))
            .Where(match => match.Success).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];

    [GeneratedRegex(@"^\| `(Orleans[^`]*)` \| `([^`]+)` \| ([\w.]+) \|$")]
    private static partial Regex Row();
}
