//! Devices in requests and answers.

use super::text;
use crate::model::{Brand, Category, Currency, Device, Imei, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One device.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeviceBody {
    /// Decides the time at the door and the load.
    #[schema(schema_with = super::schema::category)]
    category: Category,
    /// Its maker; up to 100 characters. Spellings of mainstream makers meet: `huawei` is `Huawei`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::optional")]
    #[schema(max_length = 100, example = "Huawei")]
    brand: Option<String>,
    /// Its model as the checkout names it; up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::optional")]
    #[schema(max_length = 100, example = "P20")]
    model: Option<String>,
    /// What this device is valued at; counts towards the courier's insured cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declared_value: Option<MoneyBody>,
    /// Its IMEI, where the checkout knows it: the courier looks for the same one. 15 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "490154203237518")]
    imei: Option<Imei>,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoneyBody {
    /// Minor units: fen, cents. Not negative, at most the region's `max_device_value`.
    #[schema(minimum = 0, example = 120_000)]
    pub(super) amount: i64,
    /// Three capital letters (ISO 4217): the region's currency.
    #[schema(value_type = String, example = "CNY", min_length = 3, max_length = 3)]
    pub(super) currency: Currency,
}

impl From<DeviceBody> for Device {
    fn from(body: DeviceBody) -> Self {
        let money = |MoneyBody { amount, currency }| Money { amount, currency };
        Self {
            category: body.category,
            brand: body.brand.map(Brand::from),
            model: body.model,
            declared_value: body.declared_value.map(money),
            imei: body.imei,
        }
    }
}

impl From<&Device> for DeviceBody {
    fn from(device: &Device) -> Self {
        let money = |Money { amount, currency }| MoneyBody { amount, currency };
        Self {
            category: device.category,
            brand: device.brand.clone().map(String::from),
            model: device.model.clone(),
            declared_value: device.declared_value.map(money),
            imei: device.imei.clone(),
        }
    }
}

/// Devices of an answer.
pub(super) fn views(devices: &[Device]) -> Vec<DeviceBody> {
    devices.iter().map(DeviceBody::from).collect()
}

/// Devices of a request.
pub(super) fn devices(bodies: Vec<DeviceBody>) -> Vec<Device> {
    bodies.into_iter().map(Device::from).collect()
}
