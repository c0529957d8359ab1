using CallCenter.Simulator.Screen;

namespace CallCenter.Simulator;

/// <summary>The command: plays, shows, compares; the exit code is 0 only when nothing differs and nothing failed.</summary>
internal static class SimulateCommand
{
    public const int Agrees = 0, Differs = 1, CannotRun = 2;

    public static async Task<int> Run(SimulateOptions options, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await using var run = new Simulation(options, clock);
            Console.WriteLine($"{options.Callers} callers, {options.Agents} agents, {options.Minutes} min of calls, seed {options.Seed}; system at {options.Http} and sip:{options.Sip}");
            await run.Begin(ct);
            foreach (var note in run.Notes)
            {
                Console.WriteLine($"  {note}");
            }
            var play = run.Play(ct);
            await new Board(run, clock).Show(play);
            await play;
            foreach (var fault in run.Tally.Faults)
            {
                Console.WriteLine($"fault: {fault}");
            }
            return run.Tally.Faults.Count == 0 ? Agrees : Differs;
        }
        catch (SimulationException e)
        {
            Console.Error.WriteLine($"callcenter simulate: {e.Message}");
            return CannotRun;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Console.Error.WriteLine("callcenter simulate: stopped; nothing was compared");
            return CannotRun;
        }
    }
}
