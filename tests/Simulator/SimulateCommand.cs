using CallCenter.Simulator.Comparison;
using CallCenter.Simulator.Screen;

namespace CallCenter.Simulator;

/// <summary>The command: plays, shows, compares; the exit code is 0 only when nothing differs and nothing failed.</summary>
internal static class SimulateCommand
{
    public const int Agrees = 0, Differs = 1, CannotRun = 2;

    private const int DifferencesShown = 50;

    /// <param name="played">Told when the people are done, before anything is compared: a test's hand in the tally.</param>
    public static async Task<int> Run(SimulateOptions options, TimeProvider clock, TextWriter output, Action<Simulation>? played, CancellationToken ct)
    {
        try
        {
            await using var run = new Simulation(options, clock);
            await output.WriteLineAsync($"{options.Callers} callers, {options.Agents} agents, {options.Minutes} min of calls, seed {options.Seed}; system at {options.Http} and sip:{options.Sip}");
            await run.Begin(ct);
            foreach (var note in run.Notes)
            {
                await output.WriteLineAsync($"  {note}");
            }
            var play = run.Play(ct);
            await new Board(run, clock, output).Show(play);
            await play;
            played?.Invoke(run);
            using var supervisor = await run.SignInSupervisor(ct);
            return Tell(run, await new CentreComparison(run, supervisor, clock).Compare(ct), output);
        }
        catch (SimulationException e)
        {
            await output.WriteLineAsync($"callcenter simulate: {e.Message}");
            return CannotRun;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await output.WriteLineAsync("callcenter simulate: stopped; nothing was compared");
            return CannotRun;
        }
    }

    private static int Tell(Simulation run, Findings findings, TextWriter output)
    {
        foreach (var fault in run.Tally.Faults)
        {
            output.WriteLine($"fault: {fault}");
        }
        foreach (var (why, times) in findings.LeftOut)
        {
            output.WriteLine($"left out, {times} times: {why}");
        }
        foreach (var difference in findings.Differences.Take(DifferencesShown))
        {
            output.WriteLine($"error: {difference}");
        }
        if (findings.Differences.Count > DifferencesShown)
        {
            output.WriteLine($"error: and {findings.Differences.Count - DifferencesShown} more");
        }
        output.WriteLine($"played: {Played.Of(run)}");
        var calls = run.Tally.Calls;
        output.WriteLine(
            $"{calls.Count} calls, {calls.Count(c => c.VoiceHeardAt is not null)} with an agent; {findings.Compared} figures compared: " +
            $"{findings.Differences.Count} differences, {run.Tally.Faults.Count} faults (seed {run.Options.Seed})");
        return findings.Differences.Count == 0 && run.Tally.Faults.Count == 0 ? Agrees : Differs;
    }
}
