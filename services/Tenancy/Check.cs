using System.Text.RegularExpressions;

namespace CallCenter.Tenancy;

/// <summary>Gathers everything that is wrong with a request, so that it can be mended in one go.</summary>
internal sealed partial class Check
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public bool Failed => _errors.Count > 0;

    public Check That(bool holds, string otherwise)
    {
        if (!holds)
        {
            _errors.Add(otherwise);
        }
        return this;
    }

    /// <summary>A text a person reads: not blank, no control characters, at most so long.</summary>
    public Check Text(string value, string name, int max = 200) =>
        That(value.Trim().Length > 0 && value.Length <= max && !value.Any(char.IsControl), $"{name} must have 1 to {max} characters and no control characters.");

    /// <summary>An id in a path or in SIP.</summary>
    public Check Word(string value, string name) =>
        That(WordForm().IsMatch(value), $"{name} must have 1 to 64 letters, digits, dots, hyphens or underscores.");

    public Check Between(int value, int from, int to, string name) => That(value >= from && value <= to, $"{name} must be {from} to {to}.");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex WordForm();
}
