using System.Diagnostics;
using System.Globalization;

namespace CallCenter.Starting;

/// <summary>Lines that tell a person what the start is doing, in the form of the script's own.</summary>
internal static class Progress
{
    /// <summary>A line of its own.</summary>
    public static void Say(string line) => Console.WriteLine($"  {line}");

    /// <summary>A line with the time taken when the step ends.</summary>
    public static Running Step(string what) => new(what, Stopwatch.GetTimestamp());

    /// <summary>A step under way; disposing it prints its line.</summary>
    public readonly record struct Running(string What, long Since) : IDisposable
    {
        public void Dispose() =>
            Say(string.Create(CultureInfo.InvariantCulture, $"{What,-44} {Stopwatch.GetElapsedTime(Since).TotalSeconds:0.0} s"));
    }
}
