using System.Globalization;
using CallCenter.Media.Engine;

namespace CallCenter.Media.Tests;

/// <summary>How the kernel ranks media threads.</summary>
public class PrecedenceTests
{
    // proc_pid_stat(5), counted after the name: nice, rt_priority, policy.
    private const int NiceField = 16, PriorityField = 37, PolicyField = 38;
    private const int Ordinary = 0, RoundRobin = 2;

    private sealed record Rank(int Policy, int Priority, int Nice);

    [Fact]
    public void A_media_thread_runs_before_others_and_the_threads_that_it_starts_do_not()
    {
        Rank? own = null, child = null, before = null;
        Run(() =>
        {
            before = Read();
            Precedence.Take();
            own = Read();
            Run(() => child = Read());
        });
        before!.Policy.ShouldBe(Ordinary);
        if (own!.Policy == RoundRobin)
        {
            own.Priority.ShouldBe(1);
            (child!.Policy, child.Priority).ShouldBe((Ordinary, 0));
            child.Nice.ShouldBeGreaterThanOrEqualTo(0);
        }
        else
        {
            // Not allowed to here: an ordinary thread, as nice as before unless that was granted.
            own.ShouldBeOneOf(before, before with { Nice = -15 });
        }
    }

    private static void Run(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        thread.Join();
    }

    private static Rank Read()
    {
        var fields = File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int Field(int index) => int.Parse(fields[index], CultureInfo.InvariantCulture);
        return new(Field(PolicyField), Field(PriorityField), Field(NiceField));
    }
}
