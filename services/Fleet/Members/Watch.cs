using System.Diagnostics;

namespace CallCenter.Fleet.Members;

/// <summary>Keeps one member running: when its process ends it is started again, at once the first time, later after a pause.</summary>
internal sealed class Watch(IMember member, Action<string> say, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500), LongestPause = TimeSpan.FromSeconds(10), Settled = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private Task _hold = Task.CompletedTask;
    private bool _expected;

    public IMember Member => member;

    public DateTimeOffset Since { get; private set; }

    /// <summary>Starts after the first.</summary>
    public int Restarts { get; private set; }

    public async Task Start(CancellationToken ct)
    {
        await member.Start(ct);
        Since = clock.GetUtcNow();
        _running = Task.Run(Keep, CancellationToken.None);
    }

    /// <summary>Stops the member.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await member.Stop();
        await _running;
        _stopping.Dispose();
    }

    /// <summary>kill -9, and it is not started again for so long.</summary>
    public void Kill(TimeSpan away)
    {
        (_expected, _hold) = (true, Task.Delay(away, clock, _stopping.Token));
        Signals.Send(member, Signals.Kill);
    }

    /// <summary>It stands still for so long (SIGSTOP, SIGCONT).</summary>
    public async Task Freeze(TimeSpan time)
    {
        Signals.Send(member, Signals.Stop);
        try
        {
            await Task.Delay(time, clock, _stopping.Token);
        }
        finally
        {
            Signals.Send(member, Signals.Continue);
        }
    }

    /// <summary>Stops it in order; it is started again, as at an upgrade. Completes when its process is there.</summary>
    public async Task Restart(CancellationToken ct)
    {
        var before = Restarts;
        (_expected, _hold) = (true, Task.CompletedTask);
        await member.Stop();
        while (Restarts == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, ct);
        }
    }

    private async Task Keep()
    {
        var pause = TimeSpan.Zero;
        try
        {
            while (true)
            {
                var from = Stopwatch.GetTimestamp();
                await member.Gone(_stopping.Token);
                _stopping.Token.ThrowIfCancellationRequested();
                pause = _expected || Stopwatch.GetElapsedTime(from) > Settled ? TimeSpan.Zero : pause == TimeSpan.Zero ? FirstPause : pause < LongestPause ? pause * 2 : LongestPause;
                if (!_expected)
                {
                    say($"{member.Name} ended by itself: it is started again. Why: ./callcenter fleet logs {member.Name}");
                }
                _expected = false;
                await _hold;
                await Task.Delay(pause, clock, _stopping.Token);
                await StartAgain();
            }
        }
        catch (OperationCanceledException)
        {
            // The fleet stops.
        }
    }

    private async Task StartAgain()
    {
        try
        {
            await member.Start(_stopping.Token);
            Since = clock.GetUtcNow();
            Restarts++;
        }
        catch (InvalidOperationException e)
        {
            // Gone completes at once then, and the next try comes after a longer pause.
            say($"{member.Name} could not be started: {e.Message}");
        }
    }
}
