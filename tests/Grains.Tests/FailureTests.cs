namespace CallCenter.Grains.Tests;

public class FailureTests
{
    [Fact]
    public async Task An_exception_reaches_the_caller_as_it_is_and_the_grain_lives_on()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IWorkerGrain>("a");
        (await Should.ThrowAsync<FormatException>(grain.Throw("late"))).Message.ShouldBe("late");
        (await Should.ThrowAsync<FormatException>(grain.ThrowAtOnce("early").AsTask())).Message.ShouldBe("early");
        (await grain.Double(2)).ShouldBe(4);
        host.Journal.Lines.Count(line => line == "activated a").ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_activation_fails_all_that_wait_and_the_next_call_tries_again()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IFragileGrain>("f");
        var first = grain.Hello();
        var second = grain.Hello();
        await host.Journal.Seen("activating");
        host.Journal.Open("activation");
        (await Should.ThrowAsync<InvalidDataException>(first.Soon())).Message.ShouldBe("no disk");
        await Should.ThrowAsync<InvalidDataException>(second.Soon());
        host.Journal.Write("mended");
        (await grain.Hello().Soon()).ShouldBe("hello");
    }

    [Fact]
    public async Task The_deadline_fails_the_caller_who_runs_and_the_one_who_waits_and_the_grain_serves_the_next()
    {
        await using var host = await GrainHost.Start();
        var grain = host.Grains.GetGrain<IWorkerGrain>("slow");
        var running = grain.Pass("door");
        var waiting = grain.Double(1).AsTask();
        await host.Journal.Seen("+door");
        host.Clock.Advance(TimeSpan.FromSeconds(29));
        running.IsCompleted.ShouldBeFalse();
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await Should.ThrowAsync<TimeoutException>(running.Soon());
        (await Should.ThrowAsync<TimeoutException>(waiting.Soon())).Message.ShouldContain("IWorkerGrain.Pass");
        host.Journal.Open("door");
        (await grain.Double(3)).ShouldBe(6);
    }

    [Fact]
    public async Task The_deadline_cancels_the_token_of_the_grain_method()
    {
        await using var host = await GrainHost.Start();
        var call = host.Grains.GetGrain<IWorkerGrain>("slow").WaitUntilCancelled(CancellationToken.None);
        await host.Journal.Seen("waiting for the token");
        host.Clock.Advance(TimeSpan.FromSeconds(31));
        await Should.ThrowAsync<TimeoutException>(call.Soon());
        await host.Journal.Seen("saw the token");
    }

    [Fact]
    public async Task The_callers_token_ends_its_wait_and_is_seen_by_the_grain()
    {
        await using var host = await GrainHost.Start();
        using var cancellation = new CancellationTokenSource();
        var grain = host.Grains.GetGrain<IWorkerGrain>("c");
        var call = grain.WaitUntilCancelled(cancellation.Token);
        await host.Journal.Seen("waiting for the token");
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call.Soon());
        await host.Journal.Seen("saw the token");
        await Should.ThrowAsync<OperationCanceledException>(grain.WaitUntilCancelled(cancellation.Token));
    }

    [Fact]
    public async Task A_call_cancelled_while_it_waits_never_runs()
    {
        await using var host = await GrainHost.Start();
        using var cancellation = new CancellationTokenSource();
        var grain = host.Grains.GetGrain<IWorkerGrain>("c");
        var running = grain.Pass("door");
        var waiting = grain.WaitUntilCancelled(cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting.Soon());
        host.Journal.Open("door");
        await running.Soon();
        await grain.Double(1);
        host.Journal.Lines.ShouldNotContain("waiting for the token");
    }

    [Fact]
    public async Task A_full_mailbox_refuses_and_says_why()
    {
        await using var host = await GrainHost.Start(options => options.MailboxLimit = 3);
        var grain = host.Grains.GetGrain<IWorkerGrain>("full");
        var running = grain.Pass("door");
        await host.Journal.Seen("+door");
        var waiting = Enumerable.Range(0, 3).Select(i => grain.Double(i).AsTask()).ToArray();
        (await Should.ThrowAsync<GrainMailboxFullException>(grain.Double(9).AsTask())).Message.ShouldContain("worker/full has 3 calls waiting");
        host.Journal.Open("door");
        await running.Soon();
        (await Task.WhenAll(waiting)).ShouldBe([0, 2, 4]);
    }

    [Fact]
    public async Task Too_many_grains_are_refused()
    {
        await using var host = await GrainHost.Start(options => options.ActivationLimit = 2);
        await host.Grains.GetGrain<IWorkerGrain>("1").Key();
        await host.Grains.GetGrain<IWorkerGrain>("2").Key();
        await Should.ThrowAsync<GrainActivationLimitException>(host.Grains.GetGrain<IWorkerGrain>("3").Key());
    }

    [Fact]
    public async Task Wrong_options_are_all_told_at_start()
    {
        var failure = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(GrainHost.Start(options =>
        {
            options.MailboxLimit = 0;
            options.CallDeadline = TimeSpan.Zero;
        }));
        failure.Failures.Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_key_has_a_length()
    {
        await using var host = await GrainHost.Start();
        Should.Throw<ArgumentException>(() => host.Grains.GetGrain<IWorkerGrain>(""));
        Should.Throw<ArgumentException>(() => host.Grains.GetGrain<IWorkerGrain>(new string('k', 513)));
    }
}
