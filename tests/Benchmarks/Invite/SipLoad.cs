using System.Diagnostics;
using System.Net;
using CallCenter.Benchmarks.Measure;
using CallCenter.Benchmarks.Relay;

namespace CallCenter.Benchmarks.Invite;

/// <summary>What a load saw.</summary>
/// <param name="Calls">Begun in the counted window.</param>
/// <param name="Failed">Of all calls, also outside of the window: not answered, or not ended, as they should be.</param>
/// <param name="Retransmissions">Anything that was sent twice by any side, in all calls.</param>
/// <param name="Seconds">The counted window's.</param>
/// <param name="GeneratorCpuSeconds">Of the load's own thread, in the window.</param>
/// <param name="SetUpMs99">99th percentile from INVITE to 200 less the ring.</param>
internal sealed record SipLoadResult(int Calls, int Failed, int Retransmissions, double Seconds, double GeneratorCpuSeconds, double SetUpMs99);

/// <summary>
/// Callers and callees of whole calls (INVITE, 180, 200, ACK, BYE, 200) around what is measured, on one thread: calls begin evenly spread,
/// each millisecond what has come is taken and answered by batched system calls.
/// </summary>
internal sealed class SipLoad(int caller, int callee)
{
    private static readonly TimeSpan Ring = TimeSpan.FromMilliseconds(20), WatchEvery = TimeSpan.FromMilliseconds(100), DrainMax = TimeSpan.FromSeconds(12);

    private int _numbered;

    /// <summary>Where the callers and the callees are.</summary>
    public IPEndPoint Caller { get; } = new(IPAddress.Loopback, caller);

    public IPEndPoint Callee { get; } = new(IPAddress.Loopback, callee);

    /// <summary>Calls for so long; counts in the second part.</summary>
    /// <param name="peer">Where the callers call.</param>
    public SipLoadResult Run(IPEndPoint peer, int callsPerSecond, TimeSpan warmUp, TimeSpan window, Action? begins = null, Action? ends = null)
    {
        SipLoadResult? result = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = Play(peer, callsPerSecond, warmUp, window, begins, ends);
            }
            catch (InvalidOperationException e)
            {
                failure = e;
            }
        }) { Name = "sip-load" };
        thread.Start();
        thread.Join();
        return result ?? throw new InvalidOperationException("the load broke off", failure);
    }

    private SipLoadResult Play(IPEndPoint peer, int callsPerSecond, TimeSpan warmUp, TimeSpan window, Action? begins, Action? ends)
    {
        var total = (int)((warmUp + window).TotalSeconds * callsPerSecond);
        using var callers = new SipCallers(Caller, _numbered, total);
        using var callees = new SipCallees(Callee, _numbered, total) { Ring = Ring };
        _numbered += total;
        callers.Connect(peer);
        callees.Connect(peer);
        var pace = new Pace(callers, callees, callsPerSecond);
        pace.Go(warmUp, total);
        begins?.Invoke();
        var (before, cpu, from) = (callers.Started, ThreadCpu.Seconds(), Stopwatch.GetTimestamp());
        pace.Go(window, total);
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        ends?.Invoke();
        var (calls, spent) = (callers.Started - before, ThreadCpu.Seconds() - cpu);
        pace.Drain(DrainMax);
        return new(calls, callers.Started - callers.Completed, callers.Retransmissions + callees.Retransmissions, seconds, spent,
            Quantile.Of(callers.SetUp, 0.99) - Ring.TotalMilliseconds);
    }

    private sealed class Pace(SipCallers callers, SipCallees callees, int callsPerSecond)
    {
        private long _watchedAt;

        public void Go(TimeSpan time, int totalMax)
        {
            var (from, first) = (Stopwatch.GetTimestamp(), callers.Started);
            for (var elapsed = TimeSpan.Zero; elapsed < time; elapsed = Stopwatch.GetElapsedTime(from))
            {
                var due = Math.Min(first + (int)(elapsed.TotalSeconds * callsPerSecond), totalMax);
                while (callers.Started < due)
                {
                    callers.Start(Stopwatch.GetTimestamp());
                }

                Turn();
            }
        }

        public void Drain(TimeSpan longest)
        {
            for (var from = Stopwatch.GetTimestamp(); !callers.AllOver && Stopwatch.GetElapsedTime(from) < longest;)
            {
                Turn();
            }
        }

        private void Turn()
        {
            var now = Stopwatch.GetTimestamp();
            callers.Turn(now);
            callees.Turn(now);
            if (Stopwatch.GetElapsedTime(_watchedAt, now) >= WatchEvery)
            {
                _watchedAt = now;
                callers.Watch(now);
                callees.Watch(now);
            }

            ThreadCpu.Sleep(TimeSpan.FromMilliseconds(1));
        }
    }
}
