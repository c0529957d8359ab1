using CallCenter.Grains;
using CallCenter.Hosting;
using CallCenter.Routing.Leading;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing;

/// <summary>Reminders in Routing's schema.</summary>
internal sealed class ReminderStore([FromKeyedServices(RoutingService.Name)] ServiceDatabase database, LeaderFence leader) : IReminderStore
{
    public Task<IReadOnlyList<StoredReminder>> Load(CancellationToken cancellationToken) =>
        database.OperatorWide<IReadOnlyList<StoredReminder>>(async (connection, transaction) =>
        {
            var found = new List<StoredReminder>();
            await using var command = new NpgsqlCommand("SELECT grain_type, grain_key, name, first_tick, period FROM reminders", connection, transaction);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(new StoredReminder(
                    reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetTimeSpan(4)));
            }

            return found;
        }, cancellationToken);

    public Task Save(StoredReminder reminder, CancellationToken cancellationToken) =>
        database.OperatorWide(async (connection, transaction) =>
        {
            await leader.Require(connection, transaction, cancellationToken);
            const string sql = """
                INSERT INTO reminders (grain_type, grain_key, name, first_tick, period) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (grain_type, grain_key, name) DO UPDATE SET first_tick = excluded.first_tick, period = excluded.period
                """;
            await using var command = new NpgsqlCommand(sql, connection, transaction)
            {
                Parameters =
                {
                    new() { Value = reminder.GrainType }, new() { Value = reminder.GrainKey }, new() { Value = reminder.Name },
                    new() { Value = reminder.FirstTick.ToUniversalTime() }, new() { Value = reminder.Period },
                },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }, cancellationToken);
}
