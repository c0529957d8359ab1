using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace CallCenter.Grains.Tests;

[GenerateSerializer]
internal sealed record Order([property: Id(0)] string Item, [property: Id(1)] int Count);

/// <summary>Does what the tests ask and writes it into the <see cref="Journal"/>.</summary>
internal interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Writes "+name", waits for the door of that name, writes "-name".</summary>
    Task Pass(string name);

    /// <summary>The same, but may start while others await.</summary>
    [AlwaysInterleave]
    Task PassBetween(string name);

    /// <summary>What the journal holds, seen from a turn that may interleave.</summary>
    [AlwaysInterleave]
    Task<string> Look();

    /// <summary>Calls back into this grain through another one.</summary>
    Task Circle(string other, string back);

    Task<int> Throw(string message);

    ValueTask ThrowAtOnce(string message);

    Task<bool> WaitUntilCancelled(CancellationToken token);

    ValueTask<int> Double(int value);

    ValueTask Note(string line);

    Task<Order> Echo(Order order, CancellationToken token);

    Task Leave();

    Task<string> Key();
}

#pragma warning disable CA1822 // Grain methods belong to their grain, whether they touch its state or not.
internal abstract class WorkerBase(Journal journal) : Grain
{
    public async Task Pass(string name)
    {
        journal.Write("+" + name);
        await journal.Door(name);
        journal.Write("-" + name);
    }

    public Task PassBetween(string name) => Pass(name);

    public Task<string> Look() => Task.FromResult(string.Join(' ', journal.Lines.Where(line => line[0] is '+' or '-')));

    public async Task Circle(string other, string back)
    {
        journal.Write("+" + back);
        await GrainFactory.GetGrain<IWorkerGrain>(other).Circle(this.GetPrimaryKeyString(), back);
    }

    public async Task<int> Throw(string message)
    {
        await Task.Yield();
        throw new FormatException(message);
    }

    public ValueTask ThrowAtOnce(string message) => throw new FormatException(message);

    public async Task<bool> WaitUntilCancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        journal.Write("waiting for the token");
        await cancelled.Task;
        journal.Write("saw the token");
        return true;
    }

    public ValueTask<int> Double(int value) => new(2 * value);

    public ValueTask Note(string line)
    {
        journal.Write(line);
        return default;
    }

    public Task<Order> Echo(Order order, CancellationToken token) => Task.FromResult(order);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write("activated " + this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write($"deactivated {this.GetPrimaryKeyString()} {reason.ReasonCode}");
        return Task.CompletedTask;
    }
}

internal sealed class WorkerGrain(Journal journal) : WorkerBase(journal), IWorkerGrain;

internal interface IReentrantWorkerGrain : IGrainWithStringKey
{
    Task Pass(string name);

    Task Leave();

    Task<string> Look();
}

[Reentrant]
internal sealed class ReentrantWorkerGrain(Journal journal) : WorkerBase(journal), IReentrantWorkerGrain;

/// <summary>Notices when two of its turns overlap.</summary>
internal interface ICounterGrain : IGrainWithStringKey
{
    Task Add(int steps);

    Task<(int Total, int Overlaps)> Read();
}

[Reentrant]
internal sealed class CounterGrain : Grain, ICounterGrain
{
    private int inTurn;
    private int overlaps;
    private int total;

    public async Task Add(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Turn();
            await Task.Yield();
            await Task.Run(() => Thread.SpinWait(20));
        }

        Turn();
    }

    public Task<(int Total, int Overlaps)> Read() => Task.FromResult((total, overlaps));

    private void Turn()
    {
        if (Interlocked.Increment(ref inTurn) != 1)
            overlaps++;
        total++;
        Thread.SpinWait(20);
        Interlocked.Decrement(ref inTurn);
    }
}

/// <summary>Keeps the order in which numbers came.</summary>
internal interface ISequenceGrain : IGrainWithStringKey
{
    Task Append(int number);

    Task<bool> IsOrdered(int count);
}

internal sealed class SequenceGrain : Grain, ISequenceGrain
{
    private readonly List<int> numbers = [];

    public async Task Append(int number)
    {
        numbers.Add(number);
        if (number % 3 == 0)
            await Task.Yield();
    }

    public Task<bool> IsOrdered(int count) => Task.FromResult(numbers.SequenceEqual(Enumerable.Range(0, count)));
}

/// <summary>Fails to activate while its key is in the journal as "broken KEY".</summary>
internal interface IFragileGrain : IGrainWithStringKey
{
    Task<string> Hello();
}

internal sealed class FragileGrain(Journal journal) : Grain, IFragileGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Write("activating");
        await journal.Door("activation");
        if (!journal.Lines.Contains("mended"))
            throw new InvalidDataException("no disk");
    }

    public Task<string> Hello() => Task.FromResult("hello");
}

/// <summary>Owns one timer and one reminder.</summary>
internal interface IClockworkGrain : IGrainWithStringKey
{
    Task StartTimer(double dueSeconds, double periodSeconds, bool interleave, bool keepAlive);

    Task ChangeTimer(double dueSeconds, double periodSeconds);

    Task StopTimer();

    Task Hold(string door);

    /// <summary>Does nothing: once it answers, whatever was in the mailbox before has been served.</summary>
    Task Serve();

    Task Remind(string name, double dueMinutes, double periodMinutes);
}

internal sealed class ClockworkGrain(Journal journal) : Grain, IClockworkGrain, IRemindable
{
    private IGrainTimer? timer;
    private int ticks;

    public Task StartTimer(double dueSeconds, double periodSeconds, bool interleave, bool keepAlive)
    {
        timer = this.RegisterGrainTimer(
            Tick,
            "tick",
            new GrainTimerCreationOptions(Seconds(dueSeconds), Seconds(periodSeconds)) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task ChangeTimer(double dueSeconds, double periodSeconds)
    {
        timer!.Change(Seconds(dueSeconds), Seconds(periodSeconds));
        return Task.CompletedTask;
    }

    public Task StopTimer()
    {
        timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task Serve() => Task.CompletedTask;

    public async Task Hold(string door)
    {
        journal.Write("holding");
        await journal.Door(door);
        journal.Write("held");
    }

    public Task Remind(string name, double dueMinutes, double periodMinutes) =>
        this.RegisterOrUpdateReminder(name, TimeSpan.FromMinutes(dueMinutes), TimeSpan.FromMinutes(periodMinutes));

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        journal.Write($"{reminderName} {status.CurrentTickTime:HH:mm}");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Write($"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    private static TimeSpan Seconds(double seconds) => seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    private Task Tick(string word, CancellationToken token)
    {
        journal.Write($"{word} {++ticks}");
        if (ticks == 2)
            throw new FormatException("The second tick fails; the third must come.");
        return Task.CompletedTask;
    }
}
