using CallCenter.Crm;
using CallCenter.Hosting;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddCrm();

var app = builder.Build();
app.MapCallCenterDefaults();
app.MapCrm();
await app.RunOrMigrate(args);
