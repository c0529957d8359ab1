using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CallCenter.Routing.Tests.Model;

/// <summary>A sequence of steps, drawn from a seed, and the seed of all that happens between them. The same number is the same history.</summary>
internal sealed partial record Scenario(int Seed, IReadOnlyList<Step> Steps)
{
    private const int StepsMax = 50;

    /// <summary>Everybody who waits can be served, offered to every agent in turn.</summary>
    private static readonly TimeSpan AfterHealing = TimeSpan.FromSeconds(45);

    /// <summary>The longest deadline, that of a conversation, and the contact's and pool's own after it.</summary>
    private static readonly TimeSpan AfterTheLastCall = TimeSpan.FromSeconds(150);

    public static Scenario Of(int seed)
    {
        var random = new Random(seed);
        return new(seed, [.. Enumerable.Range(0, 5 + random.Next(StepsMax - 4)).Select(_ => Step.Draw(random))]);
    }

    /// <summary>Histories with fewer steps: large parts left out first, then single ones.</summary>
    public IEnumerable<Scenario> Shrink()
    {
        for (var size = Steps.Count / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= Steps.Count; from += size)
            {
                yield return this with { Steps = [.. Steps.Take(from), .. Steps.Skip(from + size)] };
            }
        }
    }

    /// <exception cref="FaultFound">Routing did what it must never do.</exception>
    public void Run(List<string>? story = null)
    {
        var world = new World(Seed, story);
        foreach (var step in Steps)
        {
            step.Do(world);
        }

        world.Heal();
        world.Pass(AfterHealing);
        foreach (var call in world.Calls.Where(call => call.IsOpen).ToList())
        {
            call.HangUp();
        }

        world.Pass(AfterTheLastCall);
        world.Checks.AtTheEnd();
        world.Process.Kill();
    }

    /// <summary>The steps, and how it went.</summary>
    public string Tell()
    {
        var story = new List<string>();
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"seed {Seed}, {Steps.Count} steps:\n");
        try
        {
            Run(story);
            text.Append("held\n");
        }
#pragma warning disable CA1031 // Whatever it is, it is told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            text.Append(CultureInfo.InvariantCulture, $"{fault}\n");
        }

        return Ids().Replace(Noise().Replace($"{text}{string.Join('\n', story)}", ""), id => id.Value[^4..]);
    }

    [GeneratedRegex("(EventId|Tenant|Causation|OccurredAt|Source|Final|TraceParent|Sequence|Expires|Gateway|CommandId|Why|Contact|ContactTenant|Reason|StatusSince|StateSince|StandingLeg) = [^,}]*,? ?")]
    private static partial Regex Noise();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    public override string ToString() => $"seed {Seed}: {string.Join("; ", Steps)}";
}
