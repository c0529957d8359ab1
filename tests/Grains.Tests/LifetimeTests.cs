namespace CallCenter.Grains.Tests;

public class LifetimeTests
{
    [Fact]
    public async Task A_grain_that_leaves_hands_its_waiting_calls_to_the_next_activation_in_order()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IWorkerGrain>("l");
        var running = grain.Pass("door");
        var leaving = grain.Leave();
        var after = new[] { grain.Note("first").AsTask(), grain.Note("second").AsTask() };
        host.Journal.Open("door");
        await Task.WhenAll([running, leaving, .. after]).Soon();
        host.Journal.Lines.ShouldBe(["activated l", "+door", "-door", "deactivated l ApplicationRequested", "activated l", "first", "second"]);
    }

    [Fact]
    public async Task A_reentrant_grain_that_leaves_serves_no_new_call()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IReentrantWorkerGrain>("l");
        var running = grain.Pass("door");
        await host.Journal.Seen("+door");
        await grain.Leave();
        var after = grain.Pass("open");
        host.Journal.Open("open");
        host.Journal.Open("door");
        await Task.WhenAll(running, after).Soon();
        host.Journal.Lines.ShouldBe(["activated l", "+door", "-door", "deactivated l ApplicationRequested", "activated l", "+open", "-open"]);
    }

    [Fact]
    public async Task An_idle_grain_is_collected_and_the_next_call_activates_it_again()
    {
        await using var host = await GrainHost.Start(options => options.CollectionAge = TimeSpan.FromMinutes(1));
        var grain = host.Grains.GetGrain<IWorkerGrain>("i");
        await grain.Key();
        host.Clock.Advance(TimeSpan.FromSeconds(50));
        await grain.Key();
        host.Clock.Advance(TimeSpan.FromSeconds(50));
        await grain.Key();
        host.Journal.Lines.ShouldBe(["activated i"]);

        // The caller has its answer a moment before the grain's use is over: time goes on until it was long enough ago.
        var collected = host.Journal.Seen("deactivated i ActivationIdle");
        while (!collected.IsCompleted)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(62));
            await Task.Yield();
        }

        await collected;
        await grain.Key();
        host.Journal.Lines.Count(line => line == "activated i").ShouldBe(2);
    }

    [Fact]
    public async Task A_running_call_keeps_a_grain_from_being_collected()
    {
        await using var host = await GrainHost.Start(options =>
        {
            options.CollectionAge = TimeSpan.FromSeconds(5);
            options.CallDeadline = TimeSpan.FromMinutes(10);
        });
        var call = host.Grains.GetGrain<IWorkerGrain>("busy").Pass("door");
        await host.Journal.Seen("+door");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        host.Journal.Open("door");
        await call.Soon();
        host.Journal.Lines.ShouldNotContain("deactivated busy ActivationIdle");
    }

    [Fact]
    public async Task A_stop_lets_work_end_deactivates_all_and_refuses_what_comes_later()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IWorkerGrain>("s");
        var running = grain.Pass("door");
        var waiting = grain.Note("served").AsTask();
        await host.Journal.Seen("+door");
        var stopping = host.Stop();
        await Should.ThrowAsync<InvalidOperationException>(grain.Double(1).AsTask());
        host.Journal.Open("door");
        await stopping;
        await Task.WhenAll(running, waiting).Soon();
        host.Journal.Lines.ShouldBe(["activated s", "+door", "-door", "served", "deactivated s ShuttingDown"]);
        await Should.ThrowAsync<InvalidOperationException>(grain.Double(1).AsTask());
    }

    [Fact]
    public async Task A_stop_does_not_wait_longer_than_its_deadline()
    {
        await using var host = await GrainHost.Start();
        var running = host.Grains.GetGrain<IWorkerGrain>("stuck").Pass("never");
        await host.Journal.Seen("+never");
        var stopping = host.Stop();
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        await stopping;
        running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_runtime_that_starts_again_has_nothing_of_the_time_before()
    {
        await using var host = await GrainHost.Start();
        var stuck = host.Grains.GetGrain<IWorkerGrain>("stuck");
        _ = stuck.Pass("never");
        await host.Journal.Seen("+never");
        var waiting = stuck.Pass("after");
        var stopping = host.Runtime.Stop(TestContext.Current.CancellationToken);
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        await stopping;
        await Should.ThrowAsync<InvalidOperationException>(waiting);

        await host.Runtime.Start(TestContext.Current.CancellationToken);
        var again = stuck.Pass("again");
        await host.Journal.Seen("+again");
        host.Journal.Open("again");
        await again.WaitAsync(GrainHost.Patience, TestContext.Current.CancellationToken);
    }
}
