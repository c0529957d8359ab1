namespace CallCenter.Days;

/// <summary>A trace that cannot be played, with everything that is wrong with it.</summary>
internal sealed class TraceException(string folder, IReadOnlyList<string> errors) : Exception($"The trace in {folder} cannot be played:\n{string.Join('\n', errors.Take(Told).Select(error => $"  {error}"))}{More(errors.Count)}")
{
    private const int Told = 20;

    public IReadOnlyList<string> Errors => errors;

    private static string More(int count) => count > Told ? $"\n  … and {count - Told} more" : "";
}
