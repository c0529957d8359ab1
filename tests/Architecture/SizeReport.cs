using System.Globalization;

namespace CallCenter.Architecture;

/// <summary>Prints the sizes of each room: files, lines, functions with median, 90th percentile and the longest.</summary>
public class SizeReport
{
    [Fact]
    public void Sizes_of_rooms()
    {
        var rooms = Tree.Real.Sources.Where(f => f.Path.Count(c => c == '/') >= 2).GroupBy(f => string.Join('/', f.Path.Split('/')[..2]))
            .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Row(g.Key, [.. g])).ToList();
        rooms.ShouldNotBeEmpty();
        rooms.Add(Row("all but tests", [.. Tree.Real.Sources.Where(f => !f.Path.StartsWith("tests/", StringComparison.Ordinal))]));
        Console.WriteLine("room                          files   lines  functions  median  p90  max");
        rooms.ForEach(Console.WriteLine);
    }

    private static string Row(string room, IReadOnlyList<TreeFile> files)
    {
        var sizes = files.SelectMany(f => f.Code.Functions).Select(f => f.Lines).Order().ToList();
        int At(double share) => sizes.Count == 0 ? 0 : sizes[(int)Math.Ceiling(share * sizes.Count) - 1];
        return string.Create(CultureInfo.InvariantCulture,
            $"{room,-28} {files.Count,6} {files.Sum(f => f.Lines),7} {sizes.Count,10} {At(0.5),7} {At(0.9),4} {At(1),4}");
    }
}
