using System.Diagnostics;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Tests.Running;

namespace CallCenter.Routing.Tests;

/// <summary>Prints how long callers and agents wait for each other when both are there. Not asserted: the machine is shared.</summary>
[Trait("needs", "server")]
public class OfferBenchmark(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Calls = 100;

    [Fact]
    public async Task From_the_queue_request_to_the_offer()
    {
        await using var host = await RoutingHost.Start(await postgres.NewConfiguration());
        var queue = await host.AddQueue(wrapUpMs: 0);
        for (var i = 0; i < 10; i++)
        {
            await host.AddAgent(queue);
        }

        var offered = new TaskCompletionSource<OfferLeg>();
        host.Gateway.Answer = command =>
        {
            if (command is OfferLeg offer)
            {
                offered.TrySetResult(offer);
            }

            return CommandOutcome.Done;
        };
        var times = new List<double>();
        for (var i = 0; i < Calls; i++)
        {
            offered = new TaskCompletionSource<OfferLeg>(TaskCreationOptions.RunContinuationsAsynchronously);
            var call = await host.NewCall().Arrive();
            var watch = Stopwatch.StartNew();
            await call.Queue(queue);
            await offered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            times.Add(watch.Elapsed.TotalMilliseconds);
            await call.HangUp();
        }

        times.Sort();
        output.WriteLine($"queue request to offer: p50 {times[Calls / 2]:0.0} ms, p99 {times[Calls * 99 / 100]:0.0} ms (three commits, database on this machine)");
    }
}
