using CallCenter.Contracts.Telephony;
using Npgsql;

namespace CallCenter.Routing.Tests.Model;

/// <summary>What one source tells of one contact or agent, on its way to Routing: in order, one to three at once, again until it is taken.</summary>
internal sealed class Lane(World world, Guid tenant, Guid stream, string source)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly List<DomainEvent> waiting = [];
    private DateTimeOffset heldUntil;
    private long told;
    private int pump;
    private bool isPumping;

    /// <summary>All that was told has been applied.</summary>
    public bool IsEmpty => waiting.Count == 0;

    /// <summary>The last that Routing has taken.</summary>
    public DomainEvent? Last { get; private set; }

    /// <summary>The caller's end has been told, and taken.</summary>
    public bool HasToldOfCallersEnd { get; private set; }

    public T Tell<T>(T e) where T : DomainEvent
    {
        var stamped = (T)(e with { EventId = world.NewId(), Tenant = tenant, Stream = stream, Source = source, Sequence = ++told, OccurredAt = world.Clock.Now() });
        waiting.Add(stamped);
        world.Say(stamped);
        Go();
        return stamped;
    }

    /// <summary>Nothing arrives for a while.</summary>
    public void Hold(TimeSpan time) => heldUntil = world.Clock.GetUtcNow() + time;

    public void Release()
    {
        heldUntil = default;
        Again();
    }

    /// <summary>A new process asks for what the last one has not taken.</summary>
    public void Again()
    {
        pump++;
        isPumping = false;
        Go();
    }

    private void Go()
    {
        if (!isPumping && waiting.Count > 0)
        {
            isPumping = true;
            world.Turns.Start(() => Pump(++pump));
        }
    }

    private async Task Pump(int mine)
    {
        while (mine == pump && waiting.Count > 0)
        {
            if (heldUntil - world.Clock.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, world.Clock);
                continue;
            }

            var batch = waiting.Take(1 + world.Pick(3)).ToList();
            try
            {
                await world.Give(batch);
            }
            catch (Exception failure) when (failure is NpgsqlException or FencedException or TimeoutException or InvalidOperationException)
            {
                await Task.Delay(Pause, world.Clock);
                continue;
            }

            if (mine == pump)
            {
                waiting.RemoveRange(0, batch.Count);
                Last = batch[^1];
                HasToldOfCallersEnd |= batch.Exists(e => e is LegEnded { Role: LegRole.Caller } or CallClosed);
                world.Checks.Taken(Last);
            }
        }

        isPumping &= mine != pump;
    }
}
