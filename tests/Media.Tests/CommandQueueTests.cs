using CallCenter.Media.Engine;

namespace CallCenter.Media.Tests;

public class CommandQueueTests
{
    [Fact]
    public void A_full_queue_refuses_and_takes_again_after_a_read()
    {
        var queue = new CommandQueue(4);
        for (var i = 0; i < 4; i++)
        {
            queue.TryEnqueue(() => { }).ShouldBeTrue();
        }
        queue.TryEnqueue(() => { }).ShouldBeFalse();
        queue.TryDequeue(out _).ShouldBeTrue();
        queue.TryEnqueue(() => { }).ShouldBeTrue();
        queue.TryEnqueue(() => { }).ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_lost_and_each_writers_order_is_kept()
    {
        const int Writers = 4;
        const int Each = 20_000;
        var queue = new CommandQueue(64);
        var last = new int[Writers];
        var read = 0;
        var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 1; i <= Each; i++)
            {
                var number = i;
                var wait = new SpinWait();
                while (!queue.TryEnqueue(() => last[writer] = number == last[writer] + 1 ? number : throw new InvalidOperationException("out of order")))
                {
                    wait.SpinOnce();
                }
            }
        })).ToArray();
        var spin = new SpinWait();
        while (read < Writers * Each)
        {
            if (queue.TryDequeue(out var command))
            {
                command();
                read++;
            }
            else
            {
                spin.SpinOnce();
            }
        }
        await Task.WhenAll(writing);
        last.ShouldAllBe(number => number == Each);
        queue.TryDequeue(out _).ShouldBeFalse();
    }
}
