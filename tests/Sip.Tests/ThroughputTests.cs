using System.Diagnostics;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Tests;

/// <summary>What is measured runs alone.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Many calls between two endpoints of this process over UDP; prints calls a second and bytes allocated a call, both ends together.</summary>
[Collection(nameof(Alone))]
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private const int CallsTotal = 2_000;
    private const int CallsAtOnce = 100;

    [Fact]
    public async Task All_of_many_calls_are_answered_and_ended_and_nothing_is_left()
    {
        var timers = new SipTimers { T4 = 200 };
        await using var callee = new Phone(timers: timers, onCall: call =>
        {
            call.Ringing();
            call.Answer(Phone.Sdp);
        });
        await using var caller = new Phone(timers: timers);
        var ended = 0;
        var answered = 0;
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var places = new SemaphoreSlim(CallsAtOnce);
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < CallsTotal; i++)
        {
            await places.WaitAsync(TestContext.Current.CancellationToken);
            UacCall? call = null;
            call = caller.Endpoint.Invite(new UacInvite { Target = callee.UriOf("1"), Sdp = Phone.Sdp }, e =>
            {
                if (e is CallAnswered)
                {
                    Interlocked.Increment(ref answered);
                    call!.Bye();
                }
                else if (e is CallEnded && places.Release() >= 0 && Interlocked.Increment(ref ended) == CallsTotal)
                {
                    done.TrySetResult(ended);
                }
            });
        }

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        watch.Stop();
        var bytes = GC.GetTotalAllocatedBytes() - allocated;
        output.WriteLine($"{CallsTotal / watch.Elapsed.TotalSeconds:F0} calls/s, {bytes / CallsTotal} bytes a call, {callee.Endpoint.Counters.Dropped + caller.Endpoint.Counters.Dropped} dropped");
        answered.ShouldBe(CallsTotal);
        await caller.Endpoint.StopAsync(Phone.Deadline);
        await callee.Endpoint.StopAsync(Phone.Deadline);
        (caller.Endpoint.CallCount, callee.Endpoint.CallCount).ShouldBe((0, 0));
    }
}
