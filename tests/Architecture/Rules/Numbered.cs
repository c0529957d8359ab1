using System.Globalization;
using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Rules;

/// <summary>Files of one folder named 0001-name.ext or 0001_name.ext.</summary>
internal static partial class Numbered
{
    public static IEnumerable<string> Gaps(IEnumerable<string> paths, string extension)
    {
        var number = 0;
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            number++;
            var expected = number.ToString("0000", CultureInfo.InvariantCulture);
            var name = Path.GetFileName(path);
            if (!Name().IsMatch(name) || !name.EndsWith(extension, StringComparison.Ordinal) || name[..4] != expected)
            {
                yield return $"{path} should be {expected}…{extension}";
            }
        }
    }

    [GeneratedRegex(@"^[0-9]{4}[-_][a-z0-9\-_]+\.[a-z]+$")]
    private static partial Regex Name();
}
