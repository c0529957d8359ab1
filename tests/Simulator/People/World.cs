using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Tally;
using CallCenter.Simulator.Wire;

namespace CallCenter.Simulator.People;

/// <summary>What every simulated person shares.</summary>
/// <param name="QueueOf">Queues by id.</param>
/// <param name="Callbacks">Percent of those who come to a queue.</param>
/// <param name="Transfers">Percent of conversations.</param>
internal sealed record World(
    Uri Http, Switchboard Switchboard, Connection Connection, TallyBook Tally, IReadOnlyDictionary<Guid, QueueItem> QueueOf, int Callbacks, int Transfers, TimeProvider Clock)
{
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>A person's time: not a wait for the system.</summary>
    public Task Pass(TimeSpan time, CancellationToken ct) => Task.Delay(time, Clock, ct);

    /// <summary>Whether the task completes within the time.</summary>
    public async Task<bool> Comes(Task task, TimeSpan within)
    {
        try
        {
            await task.WaitAsync(within, Clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
