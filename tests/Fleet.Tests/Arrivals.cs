using System.Collections.Concurrent;
using System.Globalization;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.Fleet.Tests;

/// <summary>Callers who come one after the other, whatever happens, listen for 2 s and hang up.</summary>
internal sealed class Arrivals : IAsyncDisposable
{
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(20), Listens = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task<bool>> _calls = [];
    private readonly TestCaller _callers;
    private readonly Task _coming;
    private int _refused;

    private Arrivals(RunningCenter center, string number, int perSecond)
    {
        _callers = new TestCaller(center.Sip);
        _coming = Come(number, TimeSpan.FromSeconds(1) / perSecond);
    }

    public static Arrivals Begin(RunningCenter center, string number, int perSecond) => new(center, number, perSecond);

    /// <summary>No more come; how many were answered, when the last has hung up.</summary>
    public async Task<int> Stop()
    {
        await _stop.CancelAsync();
        await _coming;
        var all = await Task.WhenAll(_calls);
        _refused = all.Count(answered => !answered);
        _refused.ShouldBe(0, $"callers of {all.Length} who were not answered within {AnsweredWithin.TotalSeconds:0} s");
        return all.Length;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_calls.Count} came meanwhile, {_refused} of them not answered");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _coming;
        await _callers.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Come(string number, TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause, TimeProvider.System);
        try
        {
            for (var caller = 0; await timer.WaitForNextTickAsync(_stop.Token); caller++)
            {
                _calls.Add(Call(number, string.Create(CultureInfo.InvariantCulture, $"+35841{caller:0000000}")));
            }
        }
        catch (OperationCanceledException)
        {
            // No more come.
        }
    }

    private async Task<bool> Call(string number, string from)
    {
        try
        {
            await using var call = await _callers.Call(number, from).WhenAnswered(AnsweredWithin);
            await Task.Delay(Listens, TimeProvider.System);
            call.HangUp();
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
