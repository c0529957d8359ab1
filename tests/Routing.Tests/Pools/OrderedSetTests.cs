using CallCenter.Routing.Pools;

namespace CallCenter.Routing.Tests.Pools;

public class OrderedSetTests(ITestOutputHelper output)
{
    [Fact]
    public void Order_and_positions_are_those_of_a_plain_sorted_set()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (set, model) = (new OrderedSet<int>(), new SortedSet<int>());
        for (var step = 0; step < 20_000; step++)
        {
            var value = random.Next(300);
            set.Contains(value).ShouldBe(model.Contains(value));
            set.CountBefore(value).ShouldBe(model.Count(other => other < value));
            if (model.Add(value))
            {
                set.Add(value);
            }
            else
            {
                set.Remove(value);
                model.Remove(value);
            }

            set.Count.ShouldBe(model.Count);
            if (model.Count > 0)
            {
                set.Min.ShouldBe(model.Min);
                var index = random.Next(model.Count);
                set.At(index).ShouldBe(model.ElementAt(index));
            }
        }
    }
}
